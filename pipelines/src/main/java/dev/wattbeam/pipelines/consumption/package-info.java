/** What the pipelines that compute consumption have in common. */
package dev.wattbeam.pipelines.consumption;
