/** The raw archive of topics: written, and its small files made into large ones. */
package dev.wattbeam.pipelines.archive;
