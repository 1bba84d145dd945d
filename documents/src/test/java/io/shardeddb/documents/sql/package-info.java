/** Tests of the narrowing of filters. */
@org.jspecify.annotations.NullMarked
package io.shardeddb.documents.sql;
