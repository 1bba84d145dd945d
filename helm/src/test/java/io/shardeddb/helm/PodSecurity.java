package io.shardeddb.helm;

import io.fabric8.kubernetes.api.model.Capabilities;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SELinuxOptions;
import io.fabric8.kubernetes.api.model.SeccompProfile;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The restricted pod security standard of Kubernetes 1.30 (which includes the baseline), rule by rule:
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/.
 */
final class PodSecurity {

    private static final Set<String> VOLUME_TYPES = Set.of(
            "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret");
    private static final Set<String> SELINUX_TYPES =
            Set.of("container_t", "container_init_t", "container_kvm_t", "container_engine_t");
    private static final Set<String> SYSCTLS = Set.of(
            "kernel.shm_rmid_forced",
            "net.ipv4.ip_local_port_range",
            "net.ipv4.ip_unprivileged_port_start",
            "net.ipv4.tcp_syncookies",
            "net.ipv4.ping_group_range",
            "net.ipv4.ip_local_reserved_ports",
            "net.ipv4.tcp_keepalive_time",
            "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl",
            "net.ipv4.tcp_keepalive_probes");

    private final PodSpec pod;
    private final List<String> violations = new ArrayList<>();

    private PodSecurity(PodSpec pod) {
        this.pod = pod;
    }

    /** What keeps the pod out of a namespace that enforces the standard; empty when nothing does. */
    static List<String> violations(PodSpec pod) {
        PodSecurity check = new PodSecurity(pod);
        check.podWide();
        List<Container> containers = new ArrayList<>(pod.getContainers());
        containers.addAll(Objects.requireNonNullElse(pod.getInitContainers(), List.of()));
        containers.forEach(check::container);
        return List.copyOf(check.violations);
    }

    private void require(boolean holds, String rule) {
        if (!holds) {
            violations.add(rule);
        }
    }

    private void podWide() {
        require(!isTrue(pod.getHostNetwork()), "hostNetwork");
        require(!isTrue(pod.getHostPID()), "hostPID");
        require(!isTrue(pod.getHostIPC()), "hostIPC");
        for (Volume volume : Objects.requireNonNullElse(pod.getVolumes(), List.<Volume>of())) {
            Map<?, ?> fields = Serialization.unmarshal(Serialization.asJson(volume), Map.class);
            fields.keySet().stream()
                    .filter(field -> !field.equals("name"))
                    .forEach(type -> require(VOLUME_TYPES.contains(type), "volume " + volume.getName() + ": " + type));
        }
        PodSecurityContext context = pod.getSecurityContext();
        if (context == null) {
            return;
        }
        require(!Objects.equals(context.getRunAsUser(), 0L), "runAsUser 0");
        seLinux(context.getSeLinuxOptions(), "pod");
        if (context.getSysctls() != null) {
            context.getSysctls()
                    .forEach(sysctl -> require(SYSCTLS.contains(sysctl.getName()), "sysctl " + sysctl.getName()));
        }
        require(
                context.getWindowsOptions() == null
                        || !isTrue(context.getWindowsOptions().getHostProcess()),
                "hostProcess");
        require(
                context.getAppArmorProfile() == null
                        || !"Unconfined".equals(context.getAppArmorProfile().getType()),
                "appArmorProfile");
    }

    private void container(Container container) {
        String name = container.getName() + ": ";
        SecurityContext context = Objects.requireNonNullElse(container.getSecurityContext(), new SecurityContext());
        PodSecurityContext podContext = Objects.requireNonNullElse(pod.getSecurityContext(), new PodSecurityContext());
        require(!isTrue(context.getPrivileged()), name + "privileged");
        require(
                Boolean.FALSE.equals(context.getAllowPrivilegeEscalation()),
                name + "allowPrivilegeEscalation must be false");
        require(
                isTrue(Objects.requireNonNullElse(context.getRunAsNonRoot(), isTrue(podContext.getRunAsNonRoot()))),
                name + "runAsNonRoot must be true");
        require(!Objects.equals(context.getRunAsUser(), 0L), name + "runAsUser 0");
        SeccompProfile seccomp =
                context.getSeccompProfile() == null ? podContext.getSeccompProfile() : context.getSeccompProfile();
        require(
                seccomp != null && Set.of("RuntimeDefault", "Localhost").contains(seccomp.getType()),
                name + "seccompProfile must be RuntimeDefault or Localhost");
        Capabilities capabilities = Objects.requireNonNullElse(context.getCapabilities(), new Capabilities());
        require(
                capabilities.getDrop() != null && capabilities.getDrop().contains("ALL"),
                name + "capabilities must drop ALL");
        require(
                capabilities.getAdd() == null || Set.of("NET_BIND_SERVICE").containsAll(capabilities.getAdd()),
                name + "capabilities.add " + capabilities.getAdd());
        require(
                context.getProcMount() == null || context.getProcMount().equals("Default"),
                name + "procMount " + context.getProcMount());
        seLinux(context.getSeLinuxOptions(), container.getName());
        Objects.requireNonNullElse(container.getPorts(), List.<io.fabric8.kubernetes.api.model.ContainerPort>of())
                .forEach(port -> require(
                        port.getHostPort() == null || port.getHostPort() == 0,
                        name + "hostPort " + port.getHostPort()));
    }

    private void seLinux(@Nullable SELinuxOptions options, String where) {
        if (options != null) {
            require(
                    options.getType() == null || SELINUX_TYPES.contains(options.getType()),
                    where + ": seLinux type " + options.getType());
            require(options.getUser() == null, where + ": seLinux user");
            require(options.getRole() == null, where + ": seLinux role");
        }
    }

    private static boolean isTrue(@Nullable Boolean flag) {
        return Boolean.TRUE.equals(flag);
    }
}
