import type { OperatorOptions } from "./jobfile.ts";

/** What becomes of the headers of DICOM files. */
export interface DicomRule {
  /** Of PS3.15's profile. Text, structured content and graphics are cleaned, and dates as the profile has them, where left out. */
  readonly options?:
    | readonly (
        | "retain_safe_private"
        | "retain_uids"
        | "retain_device_identity"
        | "retain_institution_identity"
        | "retain_patient_characteristics"
        | "retain_full_dates"
        | "retain_modified_dates"
        | "clean_descriptors"
        | "clean_structured_content"
        | "clean_graphics"
      )[]
    | undefined;
  /** By keyword (`StationName`), tag (`0008,1010`) or private element (`0019,"SIEMENS MR HEADER",0c`), whatever the profile says. */
  readonly tags?:
    | Readonly<Record<string, OperatorOptions | OperatorOptions["mask"] | { readonly mask: "text" } | "text">>
    | undefined;
  /** Regions covered in every image of a device, beside those that are known. */
  readonly devices?: readonly DicomDevice[] | undefined;
}

/** Images that these values tell: texts are parts of the attribute's, in any case. */
export interface DicomDevice {
  readonly modality: string;
  readonly manufacturer?: string | undefined;
  readonly model?: string | undefined;
  readonly rows?: number | undefined;
  readonly columns?: number | undefined;
  /** Of Image Type or Series Description. */
  readonly told?: string | undefined;
  /** Left, top, width, height in pixels. */
  readonly regions: readonly (readonly [number, number, number, number])[];
}
