/** What a service is paid for, in US dollars before any discount for volume. */
export interface ServicePrice {
  /** As reports count its calls. */
  readonly service: string;
  /** Dollars for each of its units. */
  readonly usd: number;
}

/**
 * DetectPHI: a unit is 100 characters of a request, at least one a request. Detection jobs are taken to cost the same.
 * No page of AWS that states dollars could be kept: this is what third parties commonly cite in July 2026.
 */
export const COMPREHEND_MEDICAL: ServicePrice = { service: "comprehend_medical", usd: 0.0014 };
/** As `COMPREHEND_MEDICAL`, by detection jobs. */
export const COMPREHEND_MEDICAL_BATCH: ServicePrice = { service: "comprehend_medical_batch", usd: 0.0014 };
/**
 * DetectText and DetectFaces: a call is one image (aws.amazon.com/rekognition/pricing, group 2); dollars for the first
 * million a month, as third parties cite them in 2026.
 */
export const REKOGNITION: ServicePrice = { service: "rekognition", usd: 0.001 };
/** DetectDocumentText: a call is one page; dollars as commonly cited in 2026. */
export const TEXTRACT: ServicePrice = { service: "textract", usd: 0.0015 };
