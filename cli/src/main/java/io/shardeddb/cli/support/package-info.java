/**
 * What a person sends when asking for help: everything about the databases of a cluster in one file, without secrets.
 */
@NullMarked
package io.shardeddb.cli.support;

import org.jspecify.annotations.NullMarked;
