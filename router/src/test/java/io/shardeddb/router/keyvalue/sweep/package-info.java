/** Tests of when spaces are looked through. */
@org.jspecify.annotations.NullMarked
package io.shardeddb.router.keyvalue.sweep;
