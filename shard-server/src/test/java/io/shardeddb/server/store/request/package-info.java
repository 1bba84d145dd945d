/** Tests of what requests are decided to be. */
@NullMarked
package io.shardeddb.server.store.request;

import org.jspecify.annotations.NullMarked;
