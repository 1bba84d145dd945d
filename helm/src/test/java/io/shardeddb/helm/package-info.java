/** The chart and what it renders: checked as text, against the operator's own objects, and installed. */
@NullMarked
package io.shardeddb.helm;

import org.jspecify.annotations.NullMarked;
