/** Requests of real clients, recorded, and sent again to the API server. */
@NullMarked
package io.shardeddb.local.requests;

import org.jspecify.annotations.NullMarked;
