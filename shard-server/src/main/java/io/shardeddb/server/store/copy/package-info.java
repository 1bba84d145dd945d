/**
 * Both ends of a copy of a replica's rows: a source that is one view in chunks, a sink that stores each chunk with its
 * place. States of an installation: begun, at a place, complete, forgotten. Price: a source holds a view for as long as
 * the copy takes.
 */
@NullMarked
package io.shardeddb.server.store.copy;

import org.jspecify.annotations.NullMarked;
