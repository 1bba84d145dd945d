/** The endpoints of key-value spaces, answered on the connection's thread. */
@NullMarked
package io.shardeddb.router.http.keyvalue;

import org.jspecify.annotations.NullMarked;
