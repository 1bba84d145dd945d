package io.shardeddb.protocol.schema;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Tells whether two schemas are the same tables: the first 64 bits of a SHA-256 over their canonical form. The version
 * is no part of it, so that version and hash together show a version that was given twice. Types count as they are
 * meant, not as they are spelt.
 *
 * <p>The form never changes: servers, routers and operators of different releases compare these hashes.
 */
public final class SchemaHash {

    /** Stands for "not named" on the wire; no schema has it. */
    public static final long NONE = 0;

    private static final String FORM = "sdb-schema-1";
    private static final int DIGITS = 16;
    private static final int INDEXES = -1;
    private static final int PATH = -2;

    private final MessageDigest digest;

    private SchemaHash(MessageDigest digest) {
        this.digest = digest;
    }

    /** The hash of a schema; never {@link #NONE}. */
    static long of(DatabaseSchema schema) {
        try {
            SchemaHash hash = new SchemaHash(MessageDigest.getInstance("SHA-256"));
            hash.add(FORM);
            hash.add(schema.strategy().name());
            hash.add(schema.tables().size());
            schema.tables().forEach(hash::add);
            long value = ByteBuffer.wrap(hash.digest.digest()).getLong();
            return value == NONE ? 1 : value;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** A hash as 16 hexadecimal digits. */
    public static String text(long hash) {
        return HexFormat.of().toHexDigits(hash, DIGITS);
    }

    private void add(TableDefinition table) {
        add(table.name());
        add(table.columns().size());
        for (ColumnDefinition column : table.columns()) {
            add(column.name());
            add(column.type().text());
            add(column.nullable() ? 1 : 0);
        }
        add(table.primaryKey());
        add(table.shardKey());
        if (!table.indexes().isEmpty()) {
            // Never a length: what follows is no further table. Tables without indexes hash as they did before there
            // were any.
            add(INDEXES);
            add(table.indexes().size());
            for (IndexDefinition index : table.indexes()) {
                add(index.name());
                add(index.columns());
                if (index.path() != null) {
                    // No length either. Indexes without a path hash as they did before there were any with one.
                    add(PATH);
                    add(index.path());
                }
            }
        }
    }

    private void add(List<String> texts) {
        add(texts.size());
        texts.forEach(this::add);
    }

    /** With its length in front, so that no two lists of texts look alike. */
    private void add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        add(bytes.length);
        digest.update(bytes);
    }

    private void add(int number) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
    }
}
