/** How an update changes a document: operators parsed once, then applied to each document; and replacements. */
@NullMarked
package io.shardeddb.documents.update;

import org.jspecify.annotations.NullMarked;
