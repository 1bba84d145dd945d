/** Tests of the gRPC API through its own port. */
@NullMarked
package io.shardeddb.router.grpc;

import org.jspecify.annotations.NullMarked;
