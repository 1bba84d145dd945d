/** Tests of the whole local cluster through real clients. */
@NullMarked
package io.shardeddb.local;

import org.jspecify.annotations.NullMarked;
