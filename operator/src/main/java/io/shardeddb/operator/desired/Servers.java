package io.shardeddb.operator.desired;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.DeletionPolicy;
import io.shardeddb.crds.ServersSpec;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.operator.config.OperatorSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The StatefulSet of each server (one pod: shard server and MySQL), and the Service that gives the pods their names.
 */
public final class Servers {

    private static final String VOLUME = "data";
    private static final String TEMPORARY = "temporary";
    private static final String CREDENTIAL = "credential";
    private static final String CREDENTIAL_FOLDER = "/etc/shardeddb/credential";

    /** r--r--r--. */
    private static final int READ_ONLY = 0444;

    private static final String SERVER_FOLDER = "/var/lib/shardeddb";
    private static final String MYSQL_FOLDER = "/var/lib/mysql";
    private static final String MYSQL_SCRATCH = "mysqld";
    private static final String CREDENTIALS = "credentials";
    private static final String CREDENTIALS_FOLDER = "/etc/shardeddb/credentials";

    /** Readable for the pod's group, which is that of its processes. */
    private static final int CREDENTIALS_MODE = 0440;

    /**
     * What MySQL needs for a small database; spec.servers.mysql.config overrides each. MySQL 9 knows no size of a log
     * file, and refuses to start with an option that it does not know and that is not loose.
     */
    private static final Map<String, String> MYSQL_DEFAULTS = Map.of(
            "innodb-buffer-pool-size", "128M",
            "loose-innodb-log-file-size", "128M",
            "max-connections", "200",
            "performance-schema", "OFF");

    private Servers() {}

    /** The headless Service. */
    public static Service service(ShardedDatabase database) {
        String name = database.getMetadata().getName();
        return new ServiceBuilder()
                .withMetadata(Naming.owned(database, Naming.serversService(name), "server"))
                .withNewSpec()
                .withClusterIP("None")
                .withPublishNotReadyAddresses(true)
                .withSelector(Naming.serverSelector(name))
                .addNewPort()
                .withName("grpc")
                .withPort(Naming.GRPC_PORT)
                .withTargetPort(new IntOrString(Naming.GRPC_PORT))
                .endPort()
                .addNewPort()
                .withName("link")
                .withPort(Naming.LINK_PORT)
                .withTargetPort(new IntOrString(Naming.LINK_PORT))
                .endPort()
                .addNewPort()
                .withName("http-server")
                .withPort(Naming.HTTP_PORT)
                .withTargetPort(new IntOrString(Naming.HTTP_PORT))
                .endPort()
                .endSpec()
                .build();
    }

    /** The StatefulSet of one server. */
    public static StatefulSet statefulSet(
            ShardedDatabase database, String server, String resourceName, OperatorSettings settings) {
        Map<String, String> labels = Naming.serverLabels(database, resourceName);
        boolean keep = database.getSpec().deletionPolicy() == DeletionPolicy.Retain;
        StatefulSet set = new StatefulSetBuilder()
                .withMetadata(Naming.owned(database, resourceName, "server"))
                .withNewSpec()
                .withReplicas(1)
                .withServiceName(Naming.serversService(database.getMetadata().getName()))
                .withPodManagementPolicy("Parallel")
                .withNewUpdateStrategy()
                .withType("OnDelete")
                .endUpdateStrategy()
                .withNewPersistentVolumeClaimRetentionPolicy()
                .withWhenDeleted(keep ? "Retain" : "Delete")
                .withWhenScaled("Retain")
                .endPersistentVolumeClaimRetentionPolicy()
                .withNewSelector()
                .withMatchLabels(labels)
                .endSelector()
                .withTemplate(template(database, server, resourceName, settings))
                .withVolumeClaimTemplates(claim(database, labels))
                .endSpec()
                .build();
        set.getMetadata().setLabels(labels);
        set.getMetadata().setAnnotations(new TreeMap<>(Map.of(ApiNames.SERVER_NAME_ANNOTATION, server)));
        return set;
    }

    private static PersistentVolumeClaim claim(ShardedDatabase database, Map<String, String> labels) {
        PersistentVolumeClaimBuilder claim = new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName(VOLUME)
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOncePod")
                .withNewResources()
                .addToRequests("storage", database.getSpec().servers().storage().size())
                .endResources()
                .endSpec();
        String storageClass = database.getSpec().servers().storage().storageClassName();
        if (storageClass != null) {
            claim.editSpec().withStorageClassName(storageClass).endSpec();
        }
        return claim.build();
    }

    private static PodTemplateSpec template(
            ShardedDatabase database, String server, String resourceName, OperatorSettings settings) {
        ServersSpec servers = database.getSpec().servers();
        Map<String, String> annotations = new TreeMap<>(servers.podAnnotations());
        annotations.put(ApiNames.SERVER_NAME_ANNOTATION, server);
        return new PodTemplateSpecBuilder()
                .withNewMetadata()
                .withLabels(Naming.serverLabels(database, resourceName))
                .withAnnotations(annotations)
                .endMetadata()
                .withNewSpec()
                .withTerminationGracePeriodSeconds(30L)
                .withAutomountServiceAccountToken(false)
                .withAffinity(servers.affinity())
                .withTolerations(servers.tolerations())
                .withTopologySpreadConstraints(servers.topologySpreadConstraints())
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(999L)
                .withRunAsGroup(999L)
                .withFsGroup(999L)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .withContainers(mysqld(database), server(database, server, resourceName, settings))
                .withVolumes(
                        temporaryVolume(),
                        scratchVolume(MYSQL_SCRATCH),
                        credentialsVolume(database),
                        credentialVolume(database))
                .endSpec()
                .build();
    }

    private static Container mysqld(ShardedDatabase database) {
        Map<String, String> options = new TreeMap<>(MYSQL_DEFAULTS);
        database.getSpec().servers().mysql().config().forEach((option, value) -> {
            String name = option.replace('_', '-');
            options.remove("loose-" + name);
            options.put(name, value);
        });
        List<String> arguments = new ArrayList<>(List.of(
                "--bind-address=$(POD_IP)",
                "--skip-log-bin",
                // MariaDB makes itself an RSA key at each start otherwise, which takes seconds; MySQL does not know the
                // option.
                "--loose-skip-ssl",
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-doublewrite=ON",
                "--character-set-server=utf8mb4",
                "--collation-server=utf8mb4_bin"));
        options.forEach((option, value) -> arguments.add("--" + option + "=" + value));
        return new ContainerBuilder()
                .withName("mysqld")
                .withImage(database.getSpec().servers().mysql().image())
                .withCommand("bash", "-c", Scripts.START_MYSQLD, "start-mysqld", MYSQL_FOLDER)
                .withArgs(arguments)
                .withEnv(podIp(), passwordFile("MYSQL_ROOT_PASSWORD_FILE"))
                .addNewPort()
                .withName("mysql")
                .withContainerPort(Naming.MYSQL_PORT)
                .endPort()
                .withStartupProbe(ServerProbes.mysqldStartup())
                .withReadinessProbe(ServerProbes.mysqldReadiness())
                .withVolumeMounts(
                        mount(MYSQL_FOLDER, "mysql"),
                        scratch("/tmp", "tmp"),
                        scratch("/run/mysqld", "run"),
                        credentialsMount())
                .withResources(database.getSpec().servers().mysql().resources())
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .build();
    }

    private static Container server(
            ShardedDatabase database, String server, String resourceName, OperatorSettings settings) {
        List<EnvVar> environment = new ArrayList<>(List.of(
                podIp(),
                field("POD_NAME", "metadata.name"),
                field("POD_NAMESPACE", "metadata.namespace"),
                variable("DATABASE_NAME", database.getMetadata().getName()),
                variable("SERVER_NAME", server),
                variable("ADVERTISED_ADDRESS", Naming.address(database, resourceName)),
                variable("DATA_DIRECTORY", SERVER_FOLDER),
                variable("MYSQL_HOST", "$(POD_IP)"),
                variable("MYSQL_PORT", Integer.toString(Naming.MYSQL_PORT)),
                variable("MYSQL_USER", "root"),
                passwordFile("MYSQL_PASSWORD_FILE"),
                credentialFile(),
                variable("JAVA_TOOL_OPTIONS", "-Xms32m -Xmx192m -XX:+UseSerialGC -XX:TieredStopAtLevel=4")));
        settings.serverEnvironment().forEach((name, value) -> {
            environment.removeIf(existing -> existing.getName().equals(name));
            environment.add(variable(name, value));
        });
        return new ContainerBuilder()
                .withName("server")
                .withImage(settings.serverImage())
                .withEnv(environment)
                .addNewPort()
                .withName("grpc")
                .withContainerPort(Naming.GRPC_PORT)
                .endPort()
                .addNewPort()
                .withName("link")
                .withContainerPort(Naming.LINK_PORT)
                .endPort()
                .addNewPort()
                .withName("http-server")
                .withContainerPort(Naming.HTTP_PORT)
                .endPort()
                .withStartupProbe(ServerProbes.startup())
                .withLivenessProbe(ServerProbes.http("/health/live", 5, 6))
                .withReadinessProbe(ServerProbes.http("/health/ready", 1, 3))
                .withVolumeMounts(mount(SERVER_FOLDER, "server"), temporary(), credentialsMount(), credential())
                .withResources(database.getSpec().servers().resources())
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .build();
    }

    private static VolumeMount mount(String folder, String subPath) {
        return new VolumeMountBuilder()
                .withName(VOLUME)
                .withMountPath(folder)
                .withSubPath(subPath)
                .build();
    }

    /**
     * Libraries with native parts unpack them into the folder for temporary files; the root file system is read-only.
     */
    static Volume temporaryVolume() {
        return scratchVolume(TEMPORARY);
    }

    private static Volume scratchVolume(String name) {
        return new VolumeBuilder()
                .withName(name)
                .withNewEmptyDir()
                .endEmptyDir()
                .build();
    }

    /** Where MySQL writes next to its data: the root file system is read-only. */
    private static VolumeMount scratch(String folder, String subPath) {
        return new VolumeMountBuilder()
                .withName(MYSQL_SCRATCH)
                .withMountPath(folder)
                .withSubPath(subPath)
                .build();
    }

    /** Root's password as a file, which no list of a process's environment shows. */
    private static Volume credentialsVolume(ShardedDatabase database) {
        return new VolumeBuilder()
                .withName(CREDENTIALS)
                .withNewSecret()
                .withSecretName(Naming.credentials(database.getMetadata().getName()))
                .withDefaultMode(CREDENTIALS_MODE)
                .addNewItem()
                .withKey(Naming.PASSWORD_KEY)
                .withPath(Naming.PASSWORD_KEY)
                .endItem()
                .endSecret()
                .build();
    }

    private static VolumeMount credentialsMount() {
        return new VolumeMountBuilder()
                .withName(CREDENTIALS)
                .withMountPath(CREDENTIALS_FOLDER)
                .withReadOnly(true)
                .build();
    }

    static VolumeMount temporary() {
        return new VolumeMountBuilder()
                .withName(TEMPORARY)
                .withMountPath("/tmp")
                .build();
    }

    /**
     * Only what servers and routers show one another, not MySQL's password. A node brings changes of it into running
     * pods.
     */
    static Volume credentialVolume(ShardedDatabase database) {
        return new VolumeBuilder()
                .withName(CREDENTIAL)
                .withNewSecret()
                .withSecretName(Naming.credentials(database.getMetadata().getName()))
                .withDefaultMode(READ_ONLY)
                .addNewItem()
                .withKey(Naming.CREDENTIAL_KEY)
                .withPath(Naming.CREDENTIAL_KEY)
                .endItem()
                .endSecret()
                .build();
    }

    static VolumeMount credential() {
        return new VolumeMountBuilder()
                .withName(CREDENTIAL)
                .withMountPath(CREDENTIAL_FOLDER)
                .withReadOnly(true)
                .build();
    }

    static EnvVar credentialFile() {
        return variable("CREDENTIAL_FILE", CREDENTIAL_FOLDER + "/" + Naming.CREDENTIAL_KEY);
    }

    static EnvVar variable(String name, String value) {
        return new EnvVarBuilder().withName(name).withValue(value).build();
    }

    static EnvVar podIp() {
        return field("POD_IP", "status.podIP");
    }

    static EnvVar field(String name, String path) {
        return new EnvVarBuilder()
                .withName(name)
                .withNewValueFrom()
                .withNewFieldRef()
                .withFieldPath(path)
                .endFieldRef()
                .endValueFrom()
                .build();
    }

    private static EnvVar passwordFile(String name) {
        return variable(name, CREDENTIALS_FOLDER + "/" + Naming.PASSWORD_KEY);
    }
}
