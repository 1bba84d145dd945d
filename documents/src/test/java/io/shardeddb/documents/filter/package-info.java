/** Tests of filters. */
@org.jspecify.annotations.NullMarked
package io.shardeddb.documents.filter;
