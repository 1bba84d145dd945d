/** Tests of values, paths and ids. */
@org.jspecify.annotations.NullMarked
package io.shardeddb.documents.value;
