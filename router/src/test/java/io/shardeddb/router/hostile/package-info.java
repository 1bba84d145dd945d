/** Requests that no well-meant client sends, as bytes, and a client that looks at the answers' bytes. */
@org.jspecify.annotations.NullMarked
package io.shardeddb.router.hostile;
