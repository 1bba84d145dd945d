/** Tests of the operator's calls. */
@NullMarked
package io.shardeddb.server.control;

import org.jspecify.annotations.NullMarked;
