/** From folders and archives of images to a topic. */
@NullMarked
package io.millrace.job.ingest;

import org.jspecify.annotations.NullMarked;
