/** What a repair takes out of all readings, and out of all rows. */
package dev.wattbeam.transforms.repair;
