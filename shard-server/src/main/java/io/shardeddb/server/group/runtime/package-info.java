/**
 * The replicas of this server and what drives them: one thread turns every core, others force the log, apply and read.
 * States of a replica: opening, recovering, following, leading, copying, stalled, ended. Price: what takes long on the
 * one thread makes every group wait.
 */
@NullMarked
package io.shardeddb.server.group.runtime;

import org.jspecify.annotations.NullMarked;
