/** MongoDB: the documents, the sink of conditional upserts, options. */
package dev.wattbeam.io.mongodb;
