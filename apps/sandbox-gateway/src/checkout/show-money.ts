/** Minor units as people read them, exact at any size: 129900 EUR is "€1,299.00". */
export function showMoney(amount: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(`${amount}E-${digits}` as `${number}`);
}
