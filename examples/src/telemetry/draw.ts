/**
 * Draws what was recorded: `node examples/dist/telemetry/draw.js`.
 */
import { writeFile } from 'node:fs/promises';
import { drawDashboard } from './draw-dashboard.js';
import { drawTraces } from './draw-trace.js';
import { panelsOf } from './panels.js';
import { FOLDER, readRecording } from './recording.js';

const recording = await readRecording();
const times = recording.samples.map(({ at }) => at);
await writeFile(new URL('trace.svg', FOLDER), drawTraces(recording.spans));
await writeFile(new URL('dashboard.svg', FOLDER), drawDashboard(panelsOf(recording), times));
