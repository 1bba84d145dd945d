/** Tests of the endpoints of key-value spaces, over HTTP. */
@org.jspecify.annotations.NullMarked
package io.shardeddb.router.http.keyvalue;
