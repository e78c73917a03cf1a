// Draws the people found on a map, from the points the page holds: with tiles where the operator named some, else with
// rings of distance and the names of towns. Everything on the map is in the list as well.
"use strict";
(() => {
  const place = document.getElementById("map");
  if (!place || !window.L) return;
  const drawn = JSON.parse(place.dataset.points);
  const METERS = 1609.344;
  place.hidden = false;
  place.closest("section").hidden = false;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(place, {
    scrollWheelZoom: false, attributionControl: Boolean(place.dataset.credit),
    zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still,
  });
  const center = L.latLng(drawn.center);
  const farthest = Math.max(...drawn.points.map((point) => center.distanceTo([point[0], point[1]]))) / METERS;
  const reach = Math.min(drawn.miles, Math.max(1, 1.3 * farthest));
  const around = center.toBounds(2 * reach * METERS);
  const spots = L.latLngBounds([...drawn.points.map((point) => [point[0], point[1]]), drawn.center]).pad(0.2);
  map.fitBounds(drawn.points.length > 1 && around.contains(spots) ? spots : around);
  if (map.attributionControl) map.attributionControl.setPrefix(false);
  if (place.dataset.tiles) {
    const credit = document.createElement("span");
    credit.textContent = place.dataset.credit;
    L.tileLayer(place.dataset.tiles, { maxZoom: 18, attribution: credit.innerHTML }).addTo(map);
  }
  const round = [1, 2, 5, 10, 25, 50, 100, 250].filter((miles) => miles > reach / 5 && miles < drawn.miles);
  const rings = [...round.slice(0, 3), drawn.miles];
  const mean = drawn.points.reduce((sum, point) => sum + point[0], 0) / drawn.points.length;
  const side = mean > drawn.center[0] ? -1 : 1;  // labels where fewer people are
  for (const miles of rings) {
    L.circle(drawn.center, { radius: miles * METERS, className: "ring", fill: false, interactive: false }).addTo(map);
    const beside = [drawn.center[0] + side * miles / 69, drawn.center[1]];
    const label = L.divIcon({ className: "ring-label", html: `${miles} mi`, iconSize: [60, 16], iconAnchor: [30, 8] });
    L.marker(beside, { icon: label, interactive: false, keyboard: false }).addTo(map);
  }
  L.circleMarker(drawn.center, { radius: 4, className: "here", interactive: false }).addTo(map);
  const most = Math.max(...drawn.points.map((point) => point[2]));
  const labels = [];
  for (const point of [...drawn.points].sort((a, b) => b[2] - a[2])) {
    const at = map.latLngToContainerPoint([point[0], point[1]]);
    if (labels.length < 8 && labels.every((other) => Math.abs(other.at.y - at.y) > 20 || Math.abs(other.at.x - at.x) > 130)) {
      labels.push({ at, zip: point[4] });
    }
  }
  const named = new Set(labels.map((label) => label.zip));
  for (const [latitude, longitude, people, town, zip] of drawn.points) {
    const spot = L.circleMarker([latitude, longitude], { radius: 5 + 11 * Math.sqrt(people / most), className: "spot" });
    const text = document.createElement("span");
    const stays = named.has(zip) && drawn.points.length > 1;
    text.textContent = stays ? town : `${town} ${zip}: ${people}`;
    spot.bindTooltip(text, { permanent: stays, direction: "right", className: stays ? "town" : "" });
    const card = document.querySelector(`[data-zip="${CSS.escape(zip)}"]`);
    if (card) {
      spot.on("click", () => {
        card.scrollIntoView({ behavior: still ? "auto" : "smooth", block: "start" });
        card.querySelector("a").focus({ preventScroll: true });
      });
    }
    spot.addTo(map);
  }
})();
