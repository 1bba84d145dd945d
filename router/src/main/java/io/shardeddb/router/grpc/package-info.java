/** The public gRPC API: its server, and what all of its services share. The services have packages of their own. */
@NullMarked
package io.shardeddb.router.grpc;

import org.jspecify.annotations.NullMarked;
