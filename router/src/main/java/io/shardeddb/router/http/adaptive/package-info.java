/** The SQL coordinator's looks and requests: metrics, quorum, leader, timestamp. */
@NullMarked
package io.shardeddb.router.http.adaptive;

import org.jspecify.annotations.NullMarked;
