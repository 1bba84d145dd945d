package io.shardeddb.crds;

/** Kind of the router's Service. */
public enum ServiceType {
    /** Reachable within the cluster. */
    ClusterIP,
    /** Reachable on a port of every node. */
    NodePort,
    /** Reachable through the cloud's load balancer. */
    LoadBalancer,
}
