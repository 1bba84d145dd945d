/** Rules over all modules: who may depend on whom, and the house style as a test. */
@NullMarked
package io.shardeddb.architecture;

import org.jspecify.annotations.NullMarked;
