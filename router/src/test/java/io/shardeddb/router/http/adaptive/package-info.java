/** Tests of what adapts, at the router. */
@NullMarked
package io.shardeddb.router.http.adaptive;

import org.jspecify.annotations.NullMarked;
