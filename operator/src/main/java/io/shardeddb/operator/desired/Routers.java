package io.shardeddb.operator.desired;

import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.shardeddb.crds.Administration;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.catalog.Catalog;
import io.shardeddb.operator.config.OperatorSettings;
import java.util.List;

/** The router's Deployment and Service, and the rights that it has. */
public final class Routers {

    /** User and group of the router's process; not 0, whose files an image's base belongs to. */
    private static final long ROUTER_ID = 10001;

    private static final String TOKEN_VOLUME = "administration";
    private static final String TOKEN_FOLDER = "/etc/shardeddb/administration";

    /** Readable for owner and group. */
    private static final int TOKEN_MODE = 0440;

    private Routers() {}

    /** The Service that clients use. */
    public static Service service(ShardedDatabase database) {
        String name = database.getMetadata().getName();
        return new ServiceBuilder()
                .withMetadata(Naming.owned(database, Naming.router(name), "router"))
                .withNewSpec()
                .withType(database.getSpec().router().service().type().name())
                .withSelector(Naming.routerSelector(name))
                .addNewPort()
                .withName("http")
                .withPort(Naming.HTTP_PORT)
                .withTargetPort(new IntOrString(Naming.HTTP_PORT))
                .endPort()
                .addNewPort()
                .withName("grpc")
                .withPort(Naming.ROUTER_GRPC_PORT)
                .withTargetPort(new IntOrString(Naming.ROUTER_GRPC_PORT))
                .endPort()
                .endSpec()
                .build();
    }

    private static ContainerPort port(String name, int number) {
        return new ContainerPortBuilder()
                .withName(name)
                .withContainerPort(number)
                .build();
    }

    /** The Deployment. */
    public static Deployment deployment(ShardedDatabase database, OperatorSettings settings) {
        String name = database.getMetadata().getName();
        Administration administration = settings.administration(database.getSpec());
        return new DeploymentBuilder()
                .withMetadata(Naming.owned(database, Naming.router(name), "router"))
                .withNewSpec()
                .withReplicas(database.getSpec().router().replicas())
                // A router is there before the one that it replaces leaves: with one, too, somebody always listens.
                .withNewStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withMaxSurge(new IntOrString(1))
                .withMaxUnavailable(new IntOrString(0))
                .endRollingUpdate()
                .endStrategy()
                .withNewSelector()
                .withMatchLabels(Naming.routerSelector(name))
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(Naming.labels(database, "router"))
                .withAnnotations(database.getSpec().router().podAnnotations())
                .endMetadata()
                .withNewSpec()
                .withServiceAccountName(Naming.router(name))
                .withTerminationGracePeriodSeconds(30L)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(ROUTER_ID)
                .withRunAsGroup(ROUTER_ID)
                .withFsGroup(ROUTER_ID)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewContainer()
                .withName("router")
                .withImage(settings.routerImage())
                .withEnv(
                        Servers.podIp(),
                        Servers.field("POD_NAME", "metadata.name"),
                        Servers.field("POD_NAMESPACE", "metadata.namespace"),
                        Servers.variable("DATABASE_NAME", name),
                        Servers.variable("ADMINISTRATION", administration.name()),
                        Servers.variable(
                                "ADMINISTRATION_TOKEN_FILE", TOKEN_FOLDER + "/" + ApiNames.ADMINISTRATION_TOKEN_KEY),
                        Servers.credentialFile(),
                        Servers.variable(
                                "JAVA_TOOL_OPTIONS", "-Xms32m -Xmx192m -XX:+UseSerialGC -XX:TieredStopAtLevel=4"))
                .withPorts(port("http", Naming.HTTP_PORT), port("grpc", Naming.ROUTER_GRPC_PORT))
                .withStartupProbe(ServerProbes.startup())
                .withLivenessProbe(ServerProbes.http("/health/live", 5, 6))
                .withReadinessProbe(ServerProbes.http("/health/ready", 1, 3))
                .withVolumeMounts(mounts(administration))
                .withResources(database.getSpec().router().resources())
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .endContainer()
                .withVolumes(volumes(database, administration))
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static List<VolumeMount> mounts(Administration administration) {
        VolumeMount token = new VolumeMountBuilder()
                .withName(TOKEN_VOLUME)
                .withMountPath(TOKEN_FOLDER)
                .withReadOnly(true)
                .build();
        return administration == Administration.Token
                ? List.of(Servers.temporary(), Servers.credential(), token)
                : List.of(Servers.temporary(), Servers.credential());
    }

    /**
     * A Secret that somebody removed must not keep rows from being served: a router without a token refuses
     * administration alone.
     */
    private static List<Volume> volumes(ShardedDatabase database, Administration administration) {
        Volume token = new VolumeBuilder()
                .withName(TOKEN_VOLUME)
                .withNewSecret()
                .withSecretName(
                        ApiNames.administrationSecret(database.getMetadata().getName()))
                .withDefaultMode(TOKEN_MODE)
                .withOptional(true)
                .endSecret()
                .build();
        return administration == Administration.Token
                ? List.of(Servers.temporaryVolume(), Servers.credentialVolume(database), token)
                : List.of(Servers.temporaryVolume(), Servers.credentialVolume(database));
    }

    /**
     * Service account, role and binding: the router watches the database, its catalog and its shards, and patches the
     * database's spec. The role names the one database and the one ConfigMap; shards are found by a label, and a role
     * cannot bound what is listed by labels.
     */
    public static List<HasMetadata> access(ShardedDatabase database) {
        String name = Naming.router(database.getMetadata().getName());
        return List.of(
                new ServiceAccountBuilder()
                        .withMetadata(Naming.owned(database, name, "router"))
                        .build(),
                new RoleBuilder()
                        .withMetadata(Naming.owned(database, name, "router"))
                        .addNewRule()
                        .withApiGroups(ApiNames.GROUP)
                        .withResources("shardeddatabases")
                        .withResourceNames(database.getMetadata().getName())
                        .withVerbs("get", "list", "watch", "patch")
                        .endRule()
                        .addNewRule()
                        .withApiGroups(ApiNames.GROUP)
                        .withResources("shards")
                        .withVerbs("list", "watch")
                        .endRule()
                        .addNewRule()
                        .withApiGroups("")
                        .withResources("configmaps")
                        .withResourceNames(
                                Catalog.objectName(database.getMetadata().getName()))
                        .withVerbs("get", "list", "watch")
                        .endRule()
                        .build(),
                new RoleBindingBuilder()
                        .withMetadata(Naming.owned(database, name, "router"))
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", name)
                        .addNewSubject()
                        .withKind("ServiceAccount")
                        .withName(name)
                        .withNamespace(database.getMetadata().getNamespace())
                        .endSubject()
                        .build());
    }
}
