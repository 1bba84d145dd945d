/**
 * What happens to the requests of logged entries, decided from the log alone: run, repeat, or refusal. States of a
 * request's id: unknown, recorded with its outcome, forgotten (below the floor, and refused). Price: some 48 bytes of
 * memory for each id that is remembered.
 */
@NullMarked
package io.shardeddb.server.store.request;

import org.jspecify.annotations.NullMarked;
