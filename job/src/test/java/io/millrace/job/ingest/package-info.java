@NullMarked
package io.millrace.job.ingest;

import org.jspecify.annotations.NullMarked;
