/** Rows of tables over gRPC: values and operations as messages, and the service. */
@NullMarked
package io.shardeddb.router.grpc.rows;

import org.jspecify.annotations.NullMarked;
