package io.shardeddb.cli.profile;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * How to reach one database. Either an address, or a cluster in which the database is looked for.
 *
 * @param endpoint address of a router, for example {@code https://db.example:5000}; absent: it is looked for
 * @param token sent with every request as a bearer's
 * @param home folder of a local cluster
 * @param kubeconfig file that leads to a cluster
 * @param context context of that file
 * @param namespace namespace of the database
 * @param database name of the database
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Profile(
        @Nullable String endpoint,
        @Nullable String token,
        @Nullable String home,
        @Nullable String kubeconfig,
        @Nullable String context,
        @Nullable String namespace,
        @Nullable String database) {

    @Override
    public String toString() {
        // A token is for nobody's eyes.
        return "Profile[endpoint=" + endpoint + ", home=" + home + ", kubeconfig=" + kubeconfig + ", context=" + context
                + ", namespace=" + namespace + ", database=" + database + "]";
    }
}
