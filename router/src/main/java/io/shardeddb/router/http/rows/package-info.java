/** The rows interface of the assignment's load balancer. */
@NullMarked
package io.shardeddb.router.http.rows;

import org.jspecify.annotations.NullMarked;
