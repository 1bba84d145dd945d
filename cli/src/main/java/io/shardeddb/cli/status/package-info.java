/** What runs and how it is: read from the cluster, printed as text or JSON. */
@NullMarked
package io.shardeddb.cli.status;

import org.jspecify.annotations.NullMarked;
