/**
 * To be imported before ONNX Runtime, which would tell Microsoft of every network that it opens, and keep an id of
 * the machine and its messages in the home and the temporary folder.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';
