package io.shardeddb.router.config;

import java.util.Map;

/** At which addresses the router listens. Pure. */
public final class ListenAddress {

    private ListenAddress() {}

    /**
     * All addresses of the pod, because a port-forward of Kubernetes comes to the pod's loopback address. Where pods
     * are processes of one machine, their addresses are loopback addresses, and each must keep to its own.
     *
     * @param environment POD_IP has the pod's address; without it all addresses are meant
     */
    public static String of(Map<String, String> environment) {
        String pod = environment.getOrDefault("POD_IP", "").strip();
        if (pod.startsWith("127.")) {
            return pod;
        }
        return pod.contains(":") ? "::" : "0.0.0.0";
    }
}
