package io.shardeddb.crds.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.shardeddb.crds.IntervalSpec;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A shard that may hold rows.
 *
 * @param name as given
 * @param group uid of its group
 * @param interval its positions
 * @param epoch of that interval; the higher one wins
 * @param servers names of the servers that should hold a copy
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record CatalogShard(String name, String group, IntervalSpec interval, long epoch, List<String> servers) {

    public CatalogShard {
        servers = servers == null ? List.of() : List.copyOf(servers);
    }

    /**
     * Of what some shards are, in this order: the first 64 bits of a SHA-256 over name, group, interval and epoch; not
     * over the servers.
     */
    static String hash(List<CatalogShard> shards) {
        StringBuilder text = new StringBuilder();
        for (CatalogShard shard : shards) {
            text.append(shard.name).append('\n').append(shard.group).append('\n');
            text.append(shard.interval.from())
                    .append('\n')
                    .append(shard.interval.to())
                    .append('\n');
            text.append(shard.epoch).append('\n');
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(UTF_8));
            return HexFormat.of().formatHex(digest, 0, Long.BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
