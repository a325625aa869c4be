import { words } from "./matched.ts";

/** What says, right before a month and a day, that they are a date. */
export const SURE_CUES: ReadonlySet<string> =
  words(`on since until till through thru dated date dates dob dos doa dod born admit admitted admission
  discharge discharged seen visit appointment appt scheduled due starting began begun started before after between
  monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
  surgery performed expires exp comparison compared service birth transcribed dictated printed ending collected received reported lmp edd edc eta f/u followup doi dol lov ime eval fill refill filled
  refilled last next`);
/** What is said out of so many: `GCS 7/15`, `IDDSI 5/2`, `triceps 4/5`. */
export const SCORES: ReadonlySet<string> =
  words(`pain score scored scores scale strength moca mmse slums gcs apgar apgars vision va
  ratio rated rates rating power motor murmur grade braden phq gad audit tone reflexes
  reflex pulses pulse acuity sensation level mini cog kps intensity severity about
  tinetti braden berg katz lawton gds iadl iadls adl adls fim barthel beighton iddsi pas mas nihss wells aldrete epworth ess dast
  cage flacc nrs vas rass cam cssrs pcl bprs hads ymrs oswestry odi bishop ballard bpp mallampati bristol asa cdr hoos koos dash
  settings setting pupils perrl dtr dtrs biceps triceps deltoid deltoids delts quad quads hamstrings grip
  grips iliopsoas ehl flexion extension flexors extensors dorsiflexion plantarflexion abduction adduction rue lue rle lle bue ble
  ue ues od os ou node nodes cores core gleason stage station clonus orientation oriented recall`);
/** What is said as one pressure over another. */
export const PRESSURES: ReadonlySet<string> = words(
  "bp pressure pressures systolic bipap cpap peep vent ps ipap epap nippv",
);
/** What follows a part, a score, a dose or a count. */
export const NOT_AFTER: ReadonlySet<string> =
  words(`pain strength murmur systolic diastolic tablet tablets tab tabs cup cups scale mg mcg ml cc inch
  inches sec second positive correct of stars points in cm mm kg lb lbs oz hrs hours hour hr units unit mmhg pack packs ppd
  patients cases doses dose lobes weeks week days months vessels vessel bilaterally bilateral intensity lower upper extremities
  throughout mcg/hr holosystolic ejection ns saline teaspoon tsp sem sm hsm
  node nodes lymph ln lns cores core sites quadrants points items correct criteria joints breaths people staff reps trials sets
  attempts times visits sessions cycles fractions bottles meals words objects answers questions controls`);
