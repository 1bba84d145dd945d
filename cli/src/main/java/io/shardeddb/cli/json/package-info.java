/** JSON and YAML, read and written in one way. */
@NullMarked
package io.shardeddb.cli.json;

import org.jspecify.annotations.NullMarked;
