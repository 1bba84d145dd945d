/** The cluster file: nodes and their roles, translated to a database's resource. */
@NullMarked
package io.shardeddb.cli.clusterfile;

import org.jspecify.annotations.NullMarked;
