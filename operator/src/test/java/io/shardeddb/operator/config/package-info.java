/** Tests of the environment tells the operator. */
@NullMarked
package io.shardeddb.operator.config;

import org.jspecify.annotations.NullMarked;
