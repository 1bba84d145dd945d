package io.shardeddb.crds;

/** Names of the API group: group, version, finalizer, labels and annotations. */
public final class ApiNames {

    public static final String GROUP = "shardeddb.io";
    public static final String VERSION = "v1alpha1";

    /** Finalizer by which the operator cleans up before a resource goes. */
    public static final String FINALIZER = "shardeddb.io/cleanup";

    /** Finalizer of a Shard, by which its object does not go with the last knowledge of its group. */
    public static final String SHARD_FINALIZER = "shardeddb.io/shard";

    /** Label with the database's name on everything that belongs to it. */
    public static final String DATABASE_LABEL = "shardeddb.io/database";

    /** Label with the Kubernetes name of a server on its StatefulSet, pod and volume claim. */
    public static final String SERVER_LABEL = "shardeddb.io/server";

    /** Annotation with a server's name as the user gave it, for example {@code Server[5]}. */
    public static final String SERVER_NAME_ANNOTATION = "shardeddb.io/server-name";

    /** Annotation with a shard's name as the user gave it. */
    public static final String SHARD_NAME_ANNOTATION = "shardeddb.io/shard-name";

    /**
     * Annotation of a Shard with the name of the server that should lead it, as given. The operator moves the
     * leadership there while that server has a healthy copy with a vote, and leaves the shard out when it spreads
     * leaderships.
     */
    public static final String PREFERRED_LEADER_ANNOTATION = "shardeddb.io/preferred-leader";

    /**
     * Annotation of a Shard that has lost its quorum for good, with the member that it should go on from, as
     * {@code server/member/term/index}: the server's name as given, the member's id, and where its log ends. A person
     * sets it, by {@code sdb recover}; it has no effect while the shard has a leader, or when the log ends elsewhere.
     */
    public static final String RECOVER_FROM_ANNOTATION = "shardeddb.io/recover-from";

    /** Key of the bearer token in the Secret of {@link #administrationSecret}. */
    public static final String ADMINISTRATION_TOKEN_KEY = "token";

    /**
     * Annotation of a ShardedDatabase by which a person asks for another secret between its processes. Each new value,
     * such as the date, is one change; a value that was carried out already does nothing.
     */
    public static final String ROTATE_SECRET_ANNOTATION = "shardeddb.io/rotate-secret";

    /**
     * Annotation of a ShardedDatabase with the changes of its tables that a person allows by name, with semicolons
     * between them: {@code drop TABLE}, {@code drop TABLE.COLUMN}, {@code rebuild TABLE}. One that no change needs does
     * nothing.
     */
    public static final String ALLOW_TABLE_CHANGES_ANNOTATION = "shardeddb.io/allow-table-changes";

    private ApiNames() {}

    /** Name of the Secret with the token by which a database is reshaped through its routers. */
    public static String administrationSecret(String database) {
        return database + "-administration";
    }
}
