/**
 * Changes of tables: what a definition asks for, whether it is allowed, and the steps from the tables that are there.
 * States of a definition: unknown, refused, made, in force. Price: a step that goes through rows takes as long as there
 * are rows, and all applying waits.
 */
@NullMarked
package io.shardeddb.server.store.schema;

import org.jspecify.annotations.NullMarked;
