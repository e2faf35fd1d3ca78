import payment from './payment.png';

export function Checkout({ total }: { total: string }) {
  return (
    <section>
      <h2>Pay {total}</h2>
      <img src={payment} className="form" />
    </section>
  );
}
