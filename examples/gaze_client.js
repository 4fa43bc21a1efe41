// Prints the gaze that 'gaze-demo stream SOURCE --websocket' sends, and marks the moment when it began.
// node gaze_client.js ws://127.0.0.1:8765/stream?token=...    (Node 22 or later; a browser's page needs no change)
const stream = new WebSocket(process.argv[2]);
stream.onopen = () => stream.send(JSON.stringify({ type: "marker", text: "client began" }));
stream.onmessage = (event) => {
  const sample = JSON.parse(event.data);
  if (sample.type !== "gaze") return;
  for (const [name, model] of Object.entries(sample.models)) {
    const place = model.point_px ?? [model.yaw_deg, model.pitch_deg];
    console.log(sample.time_s.toFixed(3), name, ...place, model.reason);
  }
};
stream.onclose = () => console.log("The stream has ended.");
