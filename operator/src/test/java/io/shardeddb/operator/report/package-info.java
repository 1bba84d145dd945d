/** Tests of the reports. */
@NullMarked
package io.shardeddb.operator.report;

import org.jspecify.annotations.NullMarked;
