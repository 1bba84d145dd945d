/** Results for people and programs: Markdown, JSON and plots. */
@NullMarked
package io.shardeddb.bench.report;

import org.jspecify.annotations.NullMarked;
